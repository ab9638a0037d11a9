import type { Messages } from "../en";

export const lists: Messages["lists"] = {
  csv: "CSV",
  csvHint: "把列出的內容存為逗號分隔值，保留每一位數字",
  saved: {
    open: "已存",
    title: "已存的篩選",
    none: "還沒有儲存任何篩選。篩選儲存在此瀏覽器中。",
    name: "把當前篩選存為",
    save: "儲存",
    removeOf: (name) => `刪除 ${name}`,
  },
};
