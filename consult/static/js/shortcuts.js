/* Keys at a desk: j and k walk through the work, a letter in data-shortcut presses that button of
   the present item (or of the page). The list of keys on the page turns them off: WCAG 2.1.4. */
(() => {
  "use strict";

  const list = document.querySelector("[data-shortcuts]");
  if (!list) return;
  const KEY = "consult:keys-off";
  const TYPED = "input:not([type=checkbox]), select, textarea, [contenteditable]";
  const WALKS = new Set(["j", "k"]);
  const CURRENT = "consult-queue__item--current";

  const isOff = () => {
    try { return localStorage.getItem(KEY) === "1"; } catch { return false; }
  };
  const turn = list.querySelector(".consult-shortcuts__switch");
  const show = () => {
    turn.textContent = isOff() ? list.dataset.off : list.dataset.on;
    turn.setAttribute("aria-pressed", String(isOff()));
  };
  list.hidden = false; // without JavaScript there are no keys
  turn.addEventListener("click", () => {
    try { localStorage.setItem(KEY, isOff() ? "0" : "1"); } catch { /* stays on for this page */ }
    show();
  });
  show();

  const items = () => [...document.querySelectorAll(".consult-queue__item")];
  const present = () =>
    document.activeElement?.closest(".consult-queue__item") || document.querySelector(`.${CURRENT}`);

  const walk = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(present());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    for (const item of all) item.classList.toggle(CURRENT, item === next);
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const press = (letter) => {
    const wanted = `[data-shortcut="${CSS.escape(letter)}"]`;
    const outside = [...document.querySelectorAll(wanted)].find(
      (button) => !button.closest(".consult-queue__item"));
    const target = present()?.querySelector(wanted) || outside;
    if (!target) return false;
    if (target.matches(TYPED)) target.focus();
    else target.click();
    // A key that unfolds a form leads into it: its first field is next.
    const unfolded = target.matches("summary") && target.closest("details[open]");
    if (unfolded) unfolded.querySelector("select, input:not([type=hidden]), textarea")?.focus();
    return true;
  };

  // Enter opens what stands under the selection, where nothing on it has the focus itself.
  const open = (event) => event.target === present() && press("o");

  document.addEventListener("keydown", (event) => {
    if (isOff() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(TYPED) || (event.key.length !== 1 && event.key !== "Enter")) return;
    if (event.repeat && !WALKS.has(event.key)) return; // a key that is held down decides nothing twice
    const walks = WALKS.has(event.key) && !document.querySelector(`[data-shortcut="${event.key}"]`);
    if (walks) walk(event.key === "j" ? 1 : -1);
    else if (event.key === "Enter") { if (!open(event)) return; }
    else if (!press(event.key)) return;
    event.preventDefault();
  });
})();
