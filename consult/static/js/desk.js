/* The moderators' desk beyond its keys (shortcuts.js): a ready reason is put into the text, where it
   can be read as a whole and changed; 1 to 9 choose one; Ctrl+Enter decides from within the text. */
(() => {
  "use strict";

  const keysAreOff = () => {
    try { return localStorage.getItem("consult:keys-off") === "1"; } catch { return false; }
  };

  const fill = (radio) => {
    const text = radio.form.querySelector("textarea[name=reason]");
    const chosen = radio.closest("label").querySelector("[lang]").textContent.trim();
    const known = [...radio.form.querySelectorAll("input[name=ready]")].map((one) =>
      one.closest("label").querySelector("[lang]").textContent.trim());
    // One ready reason takes the place of another; what was typed stays behind it.
    const written = known.reduce((rest, one) => rest.replace(one, ""), text.value).trim();
    text.value = written ? `${chosen} ${written}` : chosen;
    radio.checked = false; // it stands in the text now, and would be sent twice
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  };

  // Opening the form by its button takes the selection away: it is remembered while it is made.
  let picked = "";
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const text = document.querySelector(".consult-panes__text");
    const chosen = String(selection).trim();
    if (chosen && text?.contains(selection.anchorNode)) picked = chosen;
  });

  // What is selected in the text when the form opens is what is to be left out.
  document.getElementById("redact")?.addEventListener("toggle", (event) => {
    const words = event.target.querySelector("textarea[name=words]");
    if (!event.target.open || !picked || words.value.split("\n").includes(picked)) return;
    words.value = [words.value.trimEnd(), picked].filter(Boolean).join("\n");
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches(".consult-ready input[name=ready]")) fill(event.target);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      if (event.repeat) return;
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (keysAreOff() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const onReady = event.target.matches(".consult-ready input");
    if (!/^[1-9]$/.test(event.key)) {
      // Who begins to type a reason of their own types it into the text.
      if (onReady && /^\S$/u.test(event.key)) event.target.form.querySelector("textarea")?.focus();
      return;
    }
    if (!onReady && event.target.closest("textarea, input")) return;
    const open = document.querySelector(".consult-queue__acts details[open] .consult-ready");
    const radio = open?.querySelectorAll("input[name=ready]")[Number(event.key) - 1];
    if (!radio) return;
    event.preventDefault();
    fill(radio);
  });
})();
