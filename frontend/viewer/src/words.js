// The viewer's own words; what is drawn and what was done come from the server.
const WORDS = {
  zh: {
    loading: "正在载入流程图",
    failed: "流程图未能显示，办理不受影响。请刷新页面重试；仍不显示的，请联系流程管理员。",
    stepsFailed: "办理进度未能载入，下图只显示流程。请刷新页面重试。",
    zoomIn: "放大", zoomOut: "缩小", zoomFit: "全图",
    hint: "点选环节查看办理情况",
    passed: "已办", current: "正在办理", future: "未到",
    role: "岗位", owner: "办理人", due: "办理期限", who: "办理人", when: "办理时间", decision: "办理结果", opinion: "意见",
    nothing: "尚无办理记录。", close: "关闭",
  },
  en: {
    loading: "Loading the diagram",
    failed: "The diagram could not be shown; the case itself is not affected. Reload the page; if it still fails, ask the process administrator.",
    stepsFailed: "Progress could not be loaded; the diagram below shows the process only. Reload the page to try again.",
    zoomIn: "Zoom in", zoomOut: "Zoom out", zoomFit: "Whole diagram",
    hint: "Choose a step to see what was done",
    passed: "Done", current: "In progress", future: "Not reached",
    role: "Role", owner: "Owner", due: "Due", who: "By", when: "When", decision: "Decision", opinion: "Opinion",
    nothing: "Nothing recorded yet.", close: "Close",
  },
};

export function wordsFor(language) {
  return language.toLowerCase().startsWith("en") ? WORDS.en : WORDS.zh;
}
