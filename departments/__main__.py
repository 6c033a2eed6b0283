"""``python -m departments --port 8790``"""

from __future__ import annotations

import argparse

import uvicorn


def main() -> None:
    parser = argparse.ArgumentParser(description="部门模拟器（模拟系统，非真实部门数据）")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--host", default="127.0.0.1")
    given = parser.parse_args()
    uvicorn.run("departments.app:app", host=given.host, port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
