// Runs before the first paint, so that a stored theme never flashes the other one.
(() => {
  try {
    const theme = localStorage.getItem("dutchbook.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be refused; the system's own theme is used then.
  }
})();
