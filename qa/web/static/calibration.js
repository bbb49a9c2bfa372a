"use strict";
// A compared calibration: a saved decision is shown where it was written.

document.addEventListener("done", () => location.reload());
