// Name in the pages → Tabler icon (outline unless it starts with filled/).
const outline = (names) => Object.fromEntries(names.map((name) => [name, `outline/${name}`]));

export const ICONS = {
  ...outline([
    "alert-triangle", "archive", "arrow-back-up", "arrow-left", "arrow-right", "ban", "bell", "building", "calendar",
    "calendar-due", "chart-bar", "check", "chevron-down", "chevron-left", "chevron-right", "chevron-up", "circle-check",
    "circle-dashed", "circle-x", "clipboard-check", "clock", "clock-exclamation", "coin-yuan", "copy", "download", "edit",
    "external-link", "eye", "file", "file-certificate", "file-description", "file-spreadsheet", "file-text", "file-type-pdf",
    "filter", "flag", "gavel", "git-branch", "help", "history", "home", "hourglass", "inbox", "info-circle", "keyboard",
    "language", "list-check", "lock", "login", "logout", "mail", "message", "notes", "paperclip", "pencil", "photo",
    "player-play", "plus", "printer", "progress", "refresh", "rotate-clockwise", "scale", "search", "send", "settings",
    "shield-lock", "signature", "sitemap", "speakerphone", "square-check", "star", "table", "tool", "trash", "upload",
    "user", "users", "writing-sign", "x", "list-details", "hand-grab", "hand-stop", "server", "key", "database",
  ]),
};
