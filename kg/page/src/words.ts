/** The words of the interface in both languages. */

export type Lang = "en" | "zh";

const WORDS = {
  heading: ["Knowledge graph", "知识图谱"],
  paper: ["paper", "论文"],
  papers: ["papers", "篇论文"],
  entity: ["entity", "实体"],
  entities: ["entities", "个实体"],
  links: ["links", "条关系"],
  to: ["to", "至"],
  best: ["the {n} best connected of {all}", "全部 {all} 个节点中联系最紧密的 {n} 个"],
  around: ["around {name}", "围绕 {name}"],
  search: ["Search names, titles, pinyin…", "搜索名称、标题、拼音……"],
  searchLabel: ["Search", "搜索"],
  nothing: ["Nothing goes by that name.", "没有找到。"],
  filters: ["Filters", "筛选"],
  types: ["Types", "类型"],
  relations: ["Relations", "关系"],
  topic: ["Topic", "主题"],
  allTopics: ["All topics", "全部主题"],
  confidence: ["Confidence at least", "置信度不低于"],
  reset: ["Show everything", "显示全部"],
  only: ["only", "仅此"],
  onlyHint: ["Show only {name}", "只看{name}"],
  time: ["Shown up to", "显示至"],
  play: ["Play the growth", "播放增长过程"],
  pause: ["Pause", "暂停"],
  graphView: ["Graph", "图"],
  listView: ["List", "列表"],
  language: ["中文", "English"],
  languageHint: ["名称与界面改用中文", "Names and interface in English"],
  theme: ["Dark or light", "深色或浅色"],
  save: ["Save", "导出"],
  savePng: ["Picture (PNG)", "图片（PNG）"],
  saveSvg: ["Drawing (SVG)", "矢量图（SVG）"],
  saveGraphml: ["Graph (GraphML)", "图数据（GraphML）"],
  saveCsv: ["Table (CSV)", "表格（CSV）"],
  copyLink: ["Copy a link to this view", "复制当前视图的链接"],
  copied: ["Link copied", "链接已复制"],
  saved: ["Saved {name}", "已保存 {name}"],
  help: ["Keys", "快捷键"],
  fit: ["See all", "查看全部"],
  zoomIn: ["Zoom in", "放大"],
  zoomOut: ["Zoom out", "缩小"],
  close: ["Close", "关闭"],
  back: ["Back", "返回"],
  aliases: ["Also written", "别名"],
  overTime: ["Papers over time", "论文数量随时间变化"],
  linked: ["Papers", "相关论文"],
  related: ["Often together", "常一同出现"],
  more: ["{n} more", "再显示 {n} 条"],
  moreEvidence: ["{n} more sentences in the graph", "图中另有 {n} 句"],
  code: ["Code", "代码"],
  hidden: ["Not in the view: a filter hides it.", "当前被筛选条件隐藏。"],
  showIt: ["Show it", "显示"],
  neighbourhood: ["Load its neighbourhood", "载入其邻域"],
  seen: ["{first} to {last}", "{first} 至 {last}"],
  undated: ["undated", "无日期"],
  graphLabel: ["Graph. Arrow keys move, plus and minus zoom, N walks along neighbours.", "关系图。方向键移动，加减键缩放，N 键逐个查看邻居。"],
  name: ["Name", "名称"],
  type: ["Type", "类型"],
  last: ["Last seen", "最近出现"],
  selectedSay: ["{name}, {type}, {n} neighbours", "{name}，{type}，{n} 个邻居"],
  loading: ["Loading…", "正在载入……"],
  old: ["This browser is too old for this page: please use a current one.", "浏览器版本过旧，请使用新版浏览器。"],
  keySearch: ["search", "搜索"],
  keyEsc: ["close, deselect", "关闭、取消选择"],
  keyMove: ["move", "移动"],
  keyZoom: ["zoom; 0 sees all", "缩放；0 查看全部"],
  keyNext: ["next, previous neighbour; Enter walks to it", "下一个、上一个邻居；回车前往"],
  keyList: ["list or graph", "列表或图"],
  keyLang: ["language", "语言"],
  keyDark: ["dark or light", "深色或浅色"],
  keyPlay: ["play the growth", "播放增长过程"],
  empty: ["The filters leave nothing to show.", "筛选后没有可显示的内容。"],
} as const satisfies Record<string, readonly [string, string]>;

const TYPES: Readonly<Record<string, readonly [string, string]>> = {
  Paper: ["Paper", "论文"],
  Model: ["Model", "模型"],
  Method: ["Method", "方法"],
  Dataset: ["Dataset", "数据集"],
  Task: ["Task", "任务"],
  Metric: ["Metric", "指标"],
  Institution: ["Institution", "机构"],
  Topic: ["Topic", "主题"],
  Venue: ["Venue", "会议期刊"],
  PROPOSES: ["proposes", "提出"],
  USES: ["uses", "使用"],
  COMPARES_WITH: ["compares with", "对比"],
  TRAINED_ON: ["trained on", "训练于"],
  EVALUATED_ON: ["evaluated on", "评测于"],
  ADDRESSES: ["addresses", "研究"],
  REPORTS: ["reports", "报告指标"],
  MENTIONS: ["mentions", "提及"],
  HAS_TOPIC: ["has topic", "属于主题"],
  AFFILIATED_WITH: ["affiliated with", "所属机构"],
  PUBLISHED_IN: ["published in", "发表于"],
  BASED_ON: ["based on", "基于"],
  VERSION_OF: ["version of", "版本源自"],
  SUBTASK_OF: ["subtask of", "子任务属于"],
};

export type Word = keyof typeof WORDS;

export function word(lang: Lang, key: Word, values: Readonly<Record<string, string | number>> = {}): string {
  const text = WORDS[key][lang === "en" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? number(value) : value;
  });
}

/** A type or relation in words; one that the page does not know is read from its own name. */
export function typeWord(lang: Lang, type: string): string {
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : null;
  return known ? known[lang === "en" ? 0 : 1] : type.replaceAll("_", " ").toLowerCase();
}

export function number(value: number): string {
  return value.toLocaleString("en");
}

export function counted(lang: Lang, count: number, one: "paper" | "entity"): string {
  const many = one === "paper" ? "papers" : "entities";
  if (lang === "zh") return `${number(count)} ${word(lang, many)}`;
  return `${number(count)} ${word(lang, count === 1 ? one : many)}`;
}
