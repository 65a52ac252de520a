/* Small help for every form; each works without it.
   - a second click on a form that is under way is not sent again (nothing is ever disabled);
   - a text with a limit says how many characters are left;
   - a file that was kept goes away with a button, and one that was chosen is named;
   - the first thing read after a page with errors is the summary. */
(() => {
  "use strict";

  const WAIT = 5000; // ms: after this a form may be sent again, for an answer that never came

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    const sent = Number(form.dataset.sentAt || 0);
    if (Date.now() - sent < WAIT) {
      event.preventDefault();
      return;
    }
    form.dataset.sentAt = String(Date.now());
  });

  // Back to the page out of the browser's memory: the form may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sentAt;
  });

  const count = (field, line) => {
    const left = Number(field.dataset.count) - field.value.length;
    // Nobody needs to count before the end is near.
    line.hidden = left > Number(field.dataset.count) / 5;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang);
    line.textContent = `${number} ${(left < 0 ? field.dataset.countOver : field.dataset.countText) || ""}`.trim();
    line.classList.toggle("consult-counter--over", left < 0);
  };
  for (const field of document.querySelectorAll("input[data-count], textarea[data-count]")) {
    const line = document.createElement("p");
    line.className = "consult-counter";
    line.id = `${field.id}-count`;
    field.after(line);
    const described = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", described ? `${described} ${line.id}` : line.id);
    field.addEventListener("input", () => count(field, line));
    count(field, line);
  }

  // Without this one unticks the file; the box stays in the form, for it says what goes along.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-remove]");
    if (!button) return;
    const row = button.closest("[data-kept-file]");
    const box = row.querySelector("[name=kept]");
    box.checked = false;
    row.hidden = true;
    row.closest("[data-kept-files]").parentElement.querySelector("input[type=file]").focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  for (const input of document.querySelectorAll("input.consult-file")) {
    const names = document.createElement("p");
    names.className = "consult-note";
    names.setAttribute("role", "status");
    input.parentElement.append(names);
    const name = () => { names.textContent = [...input.files].map((file) => file.name).join(", "); };
    input.addEventListener("change", name);
    input.addEventListener("consult:sent", name);
  }

  const errors = document.getElementById("errors");
  if (errors) errors.focus();
})();
