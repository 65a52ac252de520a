/* Buttons that need a script: they copy a part of the page, or print it. Without one they stay hidden. */
(() => {
  "use strict";

  for (const button of document.querySelectorAll("button[data-copy], button[data-print]")) {
    button.hidden = false;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest("button[data-copy], button[data-print]");
    if (!button) return;
    if ("print" in button.dataset) {
      window.print();
      return;
    }
    const part = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(part.innerText);
      button.textContent = button.dataset.done;
    } catch {
      // The browser does not let us: the text is chosen, and its reader copies it.
      window.getSelection().selectAllChildren(part);
    }
  });
})();
