"""Document numbers (DOC-01): short name + kind word + 字〔year〕sequence号."""

from __future__ import annotations


def document_number(short_name: str, kind_word: str, year: int, seq: int) -> str:
    """``东昌救不批字〔2019〕00012号``"""
    return f"{short_name}{kind_word}字〔{year}〕{seq:05d}号"
