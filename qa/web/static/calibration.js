"use strict";
// A compared calibration: a saved decision is shown where it was written, at its criterion.

document.addEventListener("done", (event) => {
  const address = new URL(location.href);
  address.searchParams.set("criterion", event.target.elements.criterion.value);
  history.replaceState(null, "", address);
  location.reload();
});
