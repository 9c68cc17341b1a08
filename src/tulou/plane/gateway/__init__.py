"""The gateway (数据网关): bytes against signed plans.

Promise: nothing leaves without a plan in force, room in its quota, and
evidence that is durable before the caller has the answer.
"""
