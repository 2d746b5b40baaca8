# Registers, greets the channel `general`, prints the first answer: chat.py PORT NAME TEXT
import json, socket, sys
port, name, text = sys.argv[1:]
wire = socket.create_connection(("127.0.0.1", int(port))).makefile("rw", encoding="utf-8")
say = lambda **frame: print(json.dumps(frame), file=wire, flush=True)
say(type="register", username=name, password="a good password")
say(type="message", chat_id="general", content=text)
for frame in map(json.loads, wire):
    if frame["type"] == "new_message" and frame["message"]["sender_username"] not in (name, ""):
        sys.exit(print(frame["message"]["sender_username"] + ":", frame["message"]["content"]))
