#!/usr/bin/python3
"""Takes connections at one address and makes new ones to another: proxy.py [LISTEN]:PORT ADDRESS:PORT."""
import socket
import sys
import threading


def ends(text):
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, target):
    with client, socket.create_connection(target) as server:
        back = threading.Thread(target=pump, args=(server, client))
        back.start()
        pump(client, server)
        back.join()


def main():
    listen, target = ends(sys.argv[1]), ends(sys.argv[2])
    family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
    with socket.create_server(listen, family=family, backlog=128) as listener:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client, target), daemon=True).start()


main()
