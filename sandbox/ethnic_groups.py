"""The ethnic groups by their numbers (GB/T 3304), by whoever fills in forms with their names."""

from __future__ import annotations

_TEXT = """
汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族
哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族
柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族
塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族
鄂伦春族 赫哲族 门巴族 珞巴族 基诺族
"""


def _names() -> list[str]:
    return _TEXT.split()


def name(code: str) -> str:
    """The name; empty for what is no number of one.

    >>> name("01"), name("56"), name("57")
    ('汉族', '基诺族', '')
    """
    number, known = int(code) if code.isdecimal() else 0, _names()
    return known[number - 1] if 1 <= number <= len(known) else ""


def code(name: str) -> str:
    """The number; empty for what is no name of one.

    >>> code("汉族"), code("基诺族"), code("")
    ('01', '56', '')
    """
    known = _names()
    return f"{known.index(name) + 1:02}" if name in known else ""
