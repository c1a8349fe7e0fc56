// Families of Tabler's classes that no page of this product uses. A page that needs one takes it off this list.
const COLOURS = "facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler|x|azure|indigo|pink|lime|teal|cyan|gradient|gray|dark|light";
const FAMILIES = [
  "carousel", "ribbon", "offcanvas", "signal", "otp", "calendar", "strength", "chat", "sparkline", "mention", "popover",
  "tooltip", "dropstart", "dropend", "dropup", "dropdown", "ratio", "animated", "stars?", "signature", "sortable",
  "toolbar", "fc", "apexcharts", "ts", "noUi", "jvm", "plyr", "dropzone", "dz", "litepicker", "tinymce", "tox", "turbo",
  "fslightbox", "switch-icon", "legend", "tag", "tags", "chart", "dimmer", "translate", "img", "object", "payment", "flag",
  "social", "bg-pattern", "progressbg", "prose", "markdown", "space", "column", "columns", "offset", "display", "tracking",
  "vw", "vh", "font", "is", "theme", "hr", "blockquote", "figure", "scroll", "swatch", "coloris", "clr", "hero", "divide",
  "order", "navbar", "nav-section", "nav-segmented", "nav-bordered", "g-col", "g-start", "grid", "row-cols", "row-gap",
  "column-gap", "link", "text-bg", "focus-ring", "was-validated", "form-(?:colorinput|imagecheck|floating|range)",
  "input-group-flat", "avatar-(?:upload|cover)", "btn-(?:ghost|animate|outline-(?:dark|light)|close-white)", "accordion",
  "table-mobile", "align-(?:self|content)", "card-(?:tabs|rotate|stamp|status)", "calc", "toast", "modal", "settings",
  "layout", "demo", "pricing", "icon-tada", "icon-pulse", "icon-rotate", "step-item", "steps-(?!counter)", "org", "user-select",
  "opacity", "cursor", "float", "user-select", "min-vw", "min-vh", "was", "cols",
  `(?:btn|btn-outline|bg|text|border|link|status|badge|alert|card|list-group-item|table|icon|avatar|progress-bar)-(?:${COLOURS})`,
];
const UNUSED = new RegExp(`\\.(?:${FAMILIES.join("|")})(?![A-Za-z0-9_])`);
const OTHERS = /\[data-bs-theme|\[dir=rtl\]|-xxl\b|\.(?:p|m)[tbsexy]?-(?:sm|md|lg|xl)-/;

export const isUnused = (selector) => {
  const asked = selector.replace(/:not\([^)]*\)/g, "");
  return UNUSED.test(asked) || OTHERS.test(asked);
};
