# Joins by an invitation's secret and says one thing in the channel `general`: join_and_say.py PORT NAME TEXT SECRET
import json, socket, sys
port, name, text, secret = sys.argv[1:]
wire = socket.create_connection(("127.0.0.1", int(port))).makefile("rw", encoding="utf-8")
say = lambda **frame: print(json.dumps(frame), file=wire, flush=True)
say(type="register", username=name, password="correct horse", invitation=secret)
say(type="message", chat_id="general", content=text)
for frame in map(json.loads, wire):
    if frame["type"] in ("message_accepted", "error"):
        sys.exit(frame["type"] == "error" and json.dumps(frame))
