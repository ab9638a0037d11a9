import type { Messages } from "../en";
import { number } from "./words";

export const lists: Messages["lists"] = {
  csv: "CSV",
  csvHint: "把列出的内容存为逗号分隔值，保留每一位数字",
  whole: {
    hint: (max) => `按当前筛选保存整个列表，最多 ${number.format(max)} 行，保留所有数位`,
    reading: (n) => `已读 ${number.format(n)} 行…`,
    cancel: "停止",
    saved: (n) => `已保存 ${number.format(n)} 行`,
    cut: (n) => `已保存前 ${number.format(n)} 行；还有更多，请用筛选取得其余。`,
    stopped: "已停止；未保存任何内容。",
    failed: (what) => `未保存：${what}`,
  },
  saved: {
    open: "已存",
    title: "已存的筛选",
    none: "还没有保存任何筛选。筛选保存在此浏览器中。",
    name: "把当前筛选存为",
    save: "保存",
    removeOf: (name) => `删除 ${name}`,
  },
};
