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
