def write(data, vector): return ""
