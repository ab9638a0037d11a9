import type { Messages } from "../en";

export const lists: Messages["lists"] = {
  csv: "CSV",
  csvHint: "把列出的内容存为逗号分隔值，保留每一位数字",
  saved: {
    open: "已存",
    title: "已存的筛选",
    none: "还没有保存任何筛选。筛选保存在此浏览器中。",
    name: "把当前筛选存为",
    save: "保存",
    removeOf: (name) => `删除 ${name}`,
  },
};
