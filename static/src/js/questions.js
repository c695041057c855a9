// What improves the questions of consultations: `layouts/base.html` brings it where there are some.
import { askedIf } from "./asked-if.js";
import { limit } from "./limit.js";
import { points } from "./points.js";
import { rank } from "./rank.js";

const each = (selector, improve) => document.querySelectorAll(selector).forEach(improve);

each("[data-places]", limit);
each("[data-points]", points);
each("[data-rank]", rank);
each("[data-asked-if]", askedIf);
