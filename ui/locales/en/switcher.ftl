switcher-find = Chat or person
