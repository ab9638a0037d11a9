export const number = new Intl.NumberFormat("zh-Hant");
