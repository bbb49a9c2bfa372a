"use strict";
// Before the page is drawn, so that it never flashes in the other colours.
try {
  const chosen = localStorage.getItem("odsluch-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch { /* no storage: the system's choice holds */ }
