import type { Messages } from "../en";
import { number } from "./words";

export const lists: Messages["lists"] = {
  csv: "CSV",
  csvHint: "把列出的內容存為逗號分隔值，保留每一位數字",
  whole: {
    hint: (max) => `按目前篩選儲存整個列表，最多 ${number.format(max)} 列，保留所有數位`,
    reading: (n) => `已讀 ${number.format(n)} 列…`,
    cancel: "停止",
    saved: (n) => `已儲存 ${number.format(n)} 列`,
    cut: (n) => `已儲存前 ${number.format(n)} 列；還有更多，請用篩選取得其餘。`,
    stopped: "已停止；未儲存任何內容。",
    failed: (what) => `未儲存：${what}`,
  },
  saved: {
    open: "已存",
    title: "已存的篩選",
    none: "還沒有儲存任何篩選。篩選儲存在此瀏覽器中。",
    name: "把當前篩選存為",
    save: "儲存",
    removeOf: (name) => `刪除 ${name}`,
  },
};
