/* A text in Markdown: shows the bar above it, whose buttons come with markdown-toolbar.js, and lets
   the server show how the text will look. Without this one writes, and a button of the form shows it. */
(() => {
  "use strict";

  const start = (bar) => {
    const field = document.getElementById(bar.dataset.editorOf);
    const preview = document.getElementById(`${field.id}-preview`);
    const look = document.querySelector(`[aria-controls="${preview.id}"]`);
    const toLook = look.textContent;

    const show = (looking) => {
      look.setAttribute("aria-expanded", String(looking));
      look.textContent = looking ? look.dataset.write : toLook;
      field.hidden = looking;
      preview.hidden = !looking;
      bar.querySelector("markdown-toolbar").hidden = looking;
    };

    look.addEventListener("click", async () => {
      if (!field.hidden) {
        preview.style.minBlockSize = `${field.offsetHeight}px`; // nothing below it jumps
        preview.replaceChildren(await shown());
        preview.className = "consult-editor__preview consult-prose";
        show(true);
        return;
      }
      show(false);
      field.focus();
    });

    async function shown() {
      const body = new FormData();
      body.set("text", field.value);
      body.set("csrf_token", field.form.elements.csrf_token.value);
      try {
        const answer = await fetch(bar.dataset.editor, { method: "POST", body, credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        return document.createRange().createContextualFragment(await answer.text());
      } catch {
        return Object.assign(document.createElement("p"), { textContent: look.dataset.failed });
      }
    }

    // What is wrong with the text, or a link to it, leads to the text and not to its preview.
    addEventListener("hashchange", () => { if (location.hash === `#${field.id}`) show(false); });
    const offer = () => { look.hidden = !field.hidden && !field.value.trim(); };
    field.addEventListener("input", offer);
    offer();
    bar.hidden = false;
  };

  for (const bar of document.querySelectorAll("[data-editor]")) start(bar);
})();
