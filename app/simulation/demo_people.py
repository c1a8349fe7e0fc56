"""The people of the demonstration: who they are, where, in which roles, and what to try first as them."""

from __future__ import annotations

from dataclasses import dataclass

AUTHORITY, OPERATOR = "hsrs", "platform"
SECOND_HANDLER = "fuhe2"
"""Who hears the appeals whose representation the first handler heard."""
PASSWORD = "Kaohe-demo-2026"  # noqa: S105  # printed on the demonstration's sign-in page
"""The password of everybody in the demonstration, which holds no real data."""


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation of the demonstration."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demonstration; `first` says what to try first, empty for people without a card."""

    username: str
    name: str
    organisation: str
    role: str
    first: str = ""


ORGANISATIONS = (
    DemoOrganisation(AUTHORITY, "赤峰市红山区人力资源和社会保障局（演示）", "authority"),
    DemoOrganisation("yunqi", "云启数字科技有限公司（演示）", "vendor"),
    DemoOrganisation("qihang", "启航职业培训学校（演示）", "vendor"),
    DemoOrganisation("zhongcai", "众才人力资源有限公司（演示）", "vendor"),
    DemoOrganisation("boyuan", "博远信息技术学校（演示）", "vendor"),
    DemoOrganisation("huichuang", "汇创产教科技有限公司（演示）", "vendor"),
    DemoOrganisation("lixin", "立信人才培训有限公司（演示）", "vendor"),
    DemoOrganisation("ronghe", "融合人力资源服务有限公司（演示）", "vendor"),
    DemoOrganisation("juxian", "聚贤产业园运营有限公司（演示）", "vendor"),
    DemoOrganisation("jincheng", "锦程技能培训学校（演示）", "vendor"),
    DemoOrganisation("ruizhi", "睿智数字教育有限公司（演示）", "vendor"),
    DemoOrganisation("dasheng", "达盛园区服务有限公司（演示）", "vendor"),
    DemoOrganisation(OPERATOR, "平台运维单位（演示）", "operator"),
)

PEOPLE = (
    DemoPerson("jingban", "张伟", "qihang", "party_staff", "填报本季度完成情况，上传佐证，看所报得分"),
    DemoPerson("fuzeren", "吴芳", "zhongcai", "party_head", "看初步结果，提出陈述申辩"),
    DemoPerson("shenhe", "王晓梅", AUTHORITY, "reviewer", "完整性核对一件、审核一件（已逾期），可退回补正"),
    DemoPerson("pingfen1", "李建国", AUTHORITY, "scorer", "对照佐证逐项评分"),
    DemoPerson("pingfen2", "赵敏", AUTHORITY, "scorer"),
    DemoPerson("fuhe", "孙丽", AUTHORITY, "appeal_handler", "逐项答复融合公司的陈述申辩"),
    DemoPerson("fuhe2", "郑洁", AUTHORITY, "appeal_handler"),
    DemoPerson("lingdao", "陈立新", AUTHORITY, "approver", "签批云启的季度结果，决定锦程的拟解除，签批年度结算"),
    DemoPerson("fuqian", "周卫东", AUTHORITY, "second_approver", "审批领导签批云启之后，在此复签"),
    DemoPerson("yanshou", "刘强", AUTHORITY, "verifier", "对照整改佐证逐项验收睿智的整改"),
    DemoPerson("caiwu", "钱会", AUTHORITY, "finance", "核对年度结算，登记付款"),
    DemoPerson("duban", "马红", AUTHORITY, "supervisor", "立信逾期未报：督办，或准予延期"),
    DemoPerson("liucheng", "何静", AUTHORITY, "process_admin", "看流程图和异常环节"),
    DemoPerson("yunqi-jb", "刘洋", "yunqi", "party_staff"),
    DemoPerson("yunqi-fz", "杨帆", "yunqi", "party_head"),
    DemoPerson("qihang-fz", "郭明", "qihang", "party_head"),
    DemoPerson("zhongcai-jb", "徐静", "zhongcai", "party_staff"),
    DemoPerson("juxian-jb", "高峰", "juxian", "party_staff"),
    DemoPerson("juxian-fz", "林海", "juxian", "party_head"),
    DemoPerson("boyuan-jb", "邓超", "boyuan", "party_staff"),
    DemoPerson("boyuan-fz", "秦岚", "boyuan", "party_head"),
    DemoPerson("huichuang-jb", "谢东", "huichuang", "party_staff"),
    DemoPerson("huichuang-fz", "韩雪", "huichuang", "party_head"),
    DemoPerson("lixin-jb", "冯刚", "lixin", "party_staff"),
    DemoPerson("lixin-fz", "董洁", "lixin", "party_head"),
    DemoPerson("ronghe-jb", "程亮", "ronghe", "party_staff"),
    DemoPerson("ronghe-fz", "曹颖", "ronghe", "party_head"),
    DemoPerson("jincheng-jb", "罗军", "jincheng", "party_staff"),
    DemoPerson("jincheng-fz", "梁慧", "jincheng", "party_head"),
    DemoPerson("ruizhi-jb", "唐琳", "ruizhi", "party_staff"),
    DemoPerson("ruizhi-fz", "许峰", "ruizhi", "party_head"),
    DemoPerson("dasheng-jb", "蒋华", "dasheng", "party_staff"),
    DemoPerson("dasheng-fz", "沈月", "dasheng", "party_head"),
    DemoPerson("xitong", "系统管理员", OPERATOR, "system_admin", "查看账号，解锁、重置密码、停用"),
    DemoPerson("anquan", "安全管理员", OPERATOR, "security_admin"),
    DemoPerson("shenji", "审计管理员", OPERATOR, "audit_admin", "查看审计记录并核验是否完整"),
)
