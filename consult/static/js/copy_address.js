/* A button beside the address of a page that copies it. Without a script the address is there to
   select; where the browser has no clipboard, it is selected and nothing more is said. */
(() => {
  "use strict";

  for (const part of document.querySelectorAll("[data-copies-address]")) {
    const field = part.querySelector("input");
    const button = part.querySelector("button");
    const said = part.querySelector("[data-copied]");
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = said.dataset.copied;
      } catch {
        said.textContent = "";
      }
    });
  }
})();
