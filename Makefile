# `make` explains itself; every target is a verb of ./dev, which works without make too.
.PHONY: help setup run test prove lint docs check
.DEFAULT_GOAL := help

help: ## 列出命令
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: ## 只安装，不启动
	@./dev setup

run: ## 安装所需的一切，启动一个省级节点（载入样例省）
	@./dev run

test: ## 运行全部测试
	@./dev test

prove: ## 运行长时间的验证，结果记入 docs/proof.md
	@./dev prove

lint: ## 静态检查：ruff、mypy、分层、迁移
	@./dev lint

docs: ## 更新由代码生成的文档和截图
	@./dev docs

check: ## 检查本机安装有什么问题、怎么办
	@./dev check
