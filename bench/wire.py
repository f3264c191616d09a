"""Network namespaces joined by a bridge, as hosts are by a switch: an interface `eth0` in each. Needs root."""
import os
import shutil
import subprocess


class Wire:
    """`names`: of the hosts. Without `offload` the interfaces neither cut nor join datagrams nor check them, as the
    plainest network cards do."""

    def __init__(self, names, offload=True):
        prefix = f"sy{os.getpid() % 10000}"
        self.hub = prefix + "hub"
        self.spaces = {name: f"{prefix}-{name}" for name in names}
        self.ports = {name: f"v{k}" for k, name in enumerate(names)}
        try:
            self._add(self.hub)
            self._in(self.hub, "ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
            self._in(self.hub, "ip", "link", "set", "br0", "up")
            for k, name in enumerate(names):
                self._connect(name, f"10.77.0.{k + 1}/24")
                if not offload:
                    self._switch_offload_off(name)
        except (OSError, subprocess.CalledProcessError):
            self.close()
            raise

    @staticmethod
    def lacks():
        """Why there can be none here, or None."""
        if os.geteuid() != 0:
            return "needs root, for network namespaces"
        for command, package in (("ip", "iproute2"), ("ethtool", "ethtool")):
            if not shutil.which(command):
                return f"needs {command}: apt-get install {package}"
        made = subprocess.run(["ip", "netns", "add", f"sy{os.getpid() % 10000}try"], capture_output=True, text=True)
        subprocess.run(["ip", "netns", "delete", f"sy{os.getpid() % 10000}try"], check=False, capture_output=True)
        return None if made.returncode == 0 else f"no network namespace can be made: {made.stderr.strip()}"

    def _add(self, space):
        subprocess.run(["ip", "netns", "add", space], check=True, capture_output=True)

    def _in(self, space, *command):
        subprocess.run(["ip", "netns", "exec", space, *command], check=True, capture_output=True)

    def _connect(self, name, address):
        space, port = self.spaces[name], self.ports[name]
        self._add(space)
        self._in(self.hub, "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space)
        self._in(self.hub, "ip", "link", "set", port, "master", "br0", "up")
        self._in(space, "ip", "address", "add", address, "dev", "eth0")
        self._in(space, "ip", "link", "set", "lo", "up")
        self._in(space, "ip", "link", "set", "eth0", "up")
        self._in(space, "ip", "route", "add", "224.0.0.0/4", "dev", "eth0")

    def _switch_offload_off(self, name):
        features = [word for feature in ("tso", "gso", "gro", "sg", "tx", "rx") for word in (feature, "off")]
        self._in(self.spaces[name], "ethtool", "-K", "eth0", *features)
        self._in(self.hub, "ethtool", "-K", self.ports[name], *features)

    def prefix(self, name):
        """What to put before a command that shall run there."""
        return ["ip", "netns", "exec", self.spaces[name]]

    def cut(self, name, down):
        self._in(self.hub, "ip", "link", "set", self.ports[name], "down" if down else "up")

    def close(self):
        for space in (*self.spaces.values(), self.hub):
            subprocess.run(["ip", "netns", "delete", space], check=False, capture_output=True)
