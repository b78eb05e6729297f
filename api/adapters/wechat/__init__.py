"""A WeChat official account: what its servers send us, what we answer, and what we ask of them.

Source: developers.weixin.qq.com, 公众号 › 消息与事件推送 and 消息加解密说明.
"""
