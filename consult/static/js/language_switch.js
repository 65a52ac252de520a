/* The switch of language keeps what was typed and where one was. Without this, the form itself
   offers a button that does it (see the macro `form`). */
(() => {
  "use strict";

  const KEY = "consult:switch";
  const link = document.querySelectorAll("a[data-switch]");
  const forms = () => [...document.querySelectorAll("main form[method=post]")];
  const typable = (field) => field.name && !["hidden", "submit", "button", "password", "file"].includes(field.type);
  const changed = (field) => {
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0;
    return field.value !== field.defaultValue;
  };
  const cameBack = document.getElementById("errors") !== null;
  const isTyped = (form) => cameBack || [...form.elements].some((field) => typable(field) && changed(field));
  const fileNames = (form) => [...form.querySelectorAll("input[type=file]")]
    .flatMap((field) => [...field.files]).map((file) => file.name);

  let lastField = ""; // a click on the link takes the focus away from it
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("main form :is(input, textarea, select)")) lastField = target.name;
  });

  const remember = (target) => {
    const kept = {
      person: consultCopies.person,
      path: consultCopies.pathOf(target),
      where: scrollY / Math.max(1, document.documentElement.scrollHeight),
      focus: lastField,
      forms: forms().map((form, place) => ({
        place, action: consultCopies.pathOf(form.action), copy: isTyped(form) ? consultCopies.copyOf(form) : null,
        files: fileNames(form),
      })).filter((one) => one.copy || one.files.length),
    };
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* full, or forbidden */ }
  };

  const restore = (kept) => {
    for (const one of kept.forms) {
      const form = forms()[one.place];
      if (!form || consultCopies.pathOf(form.action) !== one.action) continue;
      if (one.copy) consultCopies.putBack(form, one.copy);
      const field = form.querySelector("input[type=file]");
      if (!one.files.length || !field) continue;
      const line = document.createElement("p");
      line.className = "consult-found";
      line.setAttribute("role", "status");
      line.textContent = `${document.body.dataset.chooseAgain} ${one.files.join(", ")}`;
      field.before(line);
    }
    const field = kept.focus && document.querySelector(`main [name="${CSS.escape(kept.focus)}"]:not([type=hidden])`);
    if (field) {
      field.focus({ preventScroll: true });
      field.scrollIntoView({ block: "center" });
    } else scrollTo(0, kept.where * document.documentElement.scrollHeight);
  };

  for (const one of link) {
    one.href = one.dataset.switch; // without a script it leads to the button in the form
    one.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      // A file that was chosen, or stored already, is kept by the server: the draft goes along with it.
      const draft = document.querySelector("form[data-autosave]");
      if (draft && (fileNames(draft).length || draft.querySelector("[name=kept]"))) {
        event.preventDefault();
        const act = Object.assign(document.createElement("input"), { type: "hidden", name: "act", value: "language" });
        draft.append(act);
        draft.requestSubmit();
        return;
      }
      one.href = one.dataset.switch + location.hash; // the other language has the same parts
      remember(one.href);
    });
  }

  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
  } catch { /* forbidden */ }
  if (kept && kept.person === consultCopies.person && kept.path === consultCopies.pathOf(location.href)) {
    window.addEventListener("load", () => restore(kept));
  }
})();
