// Two frames after the page put its first element on the screen, that element
// has been drawn. A page that came over HTTP has no command, and needs none.
(() => {
  const root = () => document.getElementById("root");
  const tell = () => window.__TAURI_INTERNALS__.invoke("painted").catch(() => {});
  const watch = new MutationObserver(() => {
    if (!root()?.firstElementChild) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(tell));
  });
  watch.observe(document, { childList: true, subtree: true });
})();
