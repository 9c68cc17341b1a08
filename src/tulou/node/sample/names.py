"""Short word lists for synthetic persons and companies (合成姓名与字号用字).

Common surnames and characters only, combined at random; the rare characters and
the middle dot are there because real registers hold them and software loses them.
"""

SURNAMES = "陈林黄张吴李郑王刘苏蔡杨许谢郭洪叶邱曾廖赖徐周何江游朱卢庄余罗肖魏丁潘沈翁范施温方柯傅阮高薛董严连池孙"
COMPOUND_SURNAMES = ("欧阳", "上官", "司徒", "诸葛")
GIVEN = (
    "伟芳娜敏静秀丽强磊洋艳勇军杰娟涛明超兰霞平刚桂英华玉萍红娥玲芬燕彬鹏浩宇轩梓涵诗雨欣怡晨嘉睿博文志远海峰"
    "国栋建荣永福德顺美珍淑琴锦绣云舒景行思源望舒清越"
)
RARE_GIVEN = ("𠮷", "𠮷祥", "喆", "㛃", "堃", "淼", "龑", "䶮", "翀", "𬱖")
DOTTED_NAMES = (
    "阿依古丽·买买提",
    "艾力·吐尔逊",
    "迪丽娜尔·阿不都",
    "努尔兰·哈那提",
    "扎西·多吉",
    "古丽娜·艾山",
)
# 民族代码（GB/T 3304）：样例所用的几个，汉族与畲族为主。
NATIONS = ("01", "22", "03", "11", "23", "15", "06", "08")
NATION_WEIGHTS = (940, 28, 9, 3, 1, 8, 7, 4)
DOTTED_NATION = "05"

TRADE_FIRST = "闽榕鹭泉莆三漳龙宁海丰恒永正华新金鑫嘉宏瑞祥德信诚安泰东南北融汇"
TRADE_SECOND = "达源盛通泽康润林峰辉腾航创智联科远景悦和顺发茂成兴隆利昌"
INDUSTRIES = (
    ("A", "农业开发"),
    ("C", "食品"),
    ("C", "纺织"),
    ("C", "机械制造"),
    ("E", "建筑工程"),
    ("F", "贸易"),
    ("G", "物流"),
    ("H", "餐饮管理"),
    ("I", "信息技术"),
    ("L", "商务服务"),
    ("M", "检测技术"),
    ("N", "环境工程"),
    ("R", "文化传播"),
)
