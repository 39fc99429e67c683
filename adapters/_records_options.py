"""What a bureau configures for what comes over a wire, and for a file with records: its format and its layout."""

from __future__ import annotations

from typing import Any

FORMATS = ("csv", "fixed", "xlsx", "xml")

WIRE: dict[str, Any] = {"title": "线路", "description": "见下：各线路的设置。", "type": "string"}

ENCODING: dict[str, Any] = {
    "title": "字符编码",
    "description": "utf-8、gb18030、gbk…；标为 gbk 的按 gb18030 读取。",
    "type": "string",
    "default": "utf-8",
}

LAYOUT: dict[str, Any] = {
    "title": "文件的版式",
    "description": "用于 csv、fixed（定长）、xlsx、xml。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "columns": {
            "title": "列",
            "description": "定长文件、无表头的文件和写文件时必填，按文件中的顺序；有表头时为必有的列。",
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"title": "列名", "type": "string", "minLength": 1},
                    "width": {
                        "title": "宽度（字节）",
                        "description": "定长文件必填；一个汉字在 GBK 中为两个字节。",
                        "type": "integer",
                        "minimum": 1,
                    },
                    "align": {
                        "title": "对齐",
                        "description": "left：右边补空格；right：左边补 fill。",
                        "enum": ["left", "right"],
                        "default": "left",
                    },
                    "fill": {
                        "title": "写定长文件时左边补的字符",
                        "description": "读取时只去掉空格，不去掉 0。",
                        "enum": [" ", "0"],
                        "default": " ",
                    },
                    "number": {
                        "title": "确为数值",
                        "description": "列名像编号（以“号”“编号”等结尾）而 Excel 单元格本来就是数值时填 true。",
                        "type": "boolean",
                        "default": False,
                    },
                },
            },
        },
        "header": {
            "title": "首行是表头",
            "description": "定长文件没有表头（有标题行时用 skip）。",
            "type": "boolean",
            "default": True,
        },
        "delimiter": {
            "title": "分隔符",
            "type": "string",
            "minLength": 1,
            "maxLength": 1,
            "default": ",",
        },
        "quote": {
            "title": "引号",
            "description": "空：值不加引号，引号是普通字符。",
            "type": "string",
            "maxLength": 1,
            "default": '"',
        },
        "skip": {
            "title": "表头（或首行）之前跳过的行数",
            "description": "如标题行、银行文件的文件头。",
            "type": "integer",
            "minimum": 0,
            "default": 0,
        },
        "skip_last": {
            "title": "末尾跳过的行数",
            "description": "如合计行、文件尾。",
            "type": "integer",
            "minimum": 0,
            "default": 0,
        },
        "bom": {
            "title": "写 UTF-8 文件时加 BOM",
            "description": "对方用 Excel 打开 CSV 时需要。读取时有无均可。",
            "type": "boolean",
            "default": False,
        },
        "sheet": {
            "title": "工作表名称",
            "description": "空：第一张。",
            "type": "string",
            "default": "",
        },
        "record": {
            "title": "XML 中一条记录的元素名",
            "type": "string",
            "minLength": 1,
            "default": "record",
        },
        "root": {
            "title": "写 XML 时的根元素名",
            "type": "string",
            "minLength": 1,
            "default": "records",
        },
    },
}
"""Part of the options of a stream."""
