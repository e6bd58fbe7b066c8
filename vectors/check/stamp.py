def check(token, text, trust):
    return None
