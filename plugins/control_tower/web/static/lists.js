// Lists: their filters, order and page stand in the address, and who opens a row and goes back finds them again.
(() => {
  "use strict";
  const key = (path) => `control-tower-list:${path}`;
  try {
    if (document.querySelector("main .foot")) sessionStorage.setItem(key(location.pathname), location.search);
    for (const link of document.querySelectorAll("a[data-back]")) {
      const search = sessionStorage.getItem(key(link.pathname));
      if (search) link.search = search;
    }
  } catch {
    // a browser that keeps nothing: the way back leads to the list as it usually is
  }
})();
