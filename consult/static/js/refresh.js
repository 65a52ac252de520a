/* A part of a page that looks again by itself while something is under way: data-refresh holds the
   address of the page. What comes back without data-refresh is the last one. */
(() => {
  "use strict";

  const PAUSE = 3000; // ms between two looks

  const lookAgain = async (part) => {
    let shown = part;
    try {
      const answer = await fetch(part.dataset.refresh);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok ? page.getElementById(part.id) : null;
      if (fresh) {
        part.replaceWith(fresh);
        shown = fresh;
      }
    } catch { /* there is no connection: it is tried again */ }
    watch(shown);
  };

  const watch = (part) => {
    if (part.dataset.refresh) setTimeout(lookAgain, PAUSE, part);
  };

  document.querySelectorAll("[data-refresh]").forEach(watch);
})();
