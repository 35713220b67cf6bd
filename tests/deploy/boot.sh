#!/bin/sh
# Boots a systemd of its own, PID 1 of its own namespaces: boot.sh FOLDER CHECKOUT PYTHON PACKAGES.
# Of the real machine it sees the program files; what it writes lies in memory, or in FOLDER/state.
set -eu
if [ "${inside:-}" != yes ]; then # first: a control group of its own, to be the root of what follows
    groups=$(mktemp -d)
    mount -t cgroup2 cgroup2 "$groups"
    mkdir -p "$groups/$GROUP"
    echo $$ >"$groups/$GROUP/cgroup.procs"
    umount "$groups" && rmdir "$groups"
    inside=yes exec unshare --pid --mount --uts --ipc --cgroup --fork --kill-child "$0" "$@"
fi
folder=$1 checkout=$2 python=$3 packages=$4

mount --make-rprivate /
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,ro,bind /proc/sys # nothing of the kernel is to change for others
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /run
for part in etc var opt usr/local usr/lib/sysusers.d; do
    mkdir -p "/run/over/$part" "/run/work/$part" "/$part"
    mount -t overlay -o "lowerdir=/$part,upperdir=/run/over/$part,workdir=/run/work/$part" overlay "/$part"
done

# The tests' Python and its packages, where a service without a home may read them.
mkdir -p /opt/python /opt/checkout /opt/venv/bin /opt/venv/lib/python/site-packages /var/lib/troth /opt/out
mount --bind "$python" /opt/python
mount --bind "$checkout" /opt/checkout
mount --bind "$packages" /opt/venv/lib/python/site-packages
mount --bind "$folder/state" /var/lib/troth
mount --bind "$folder/out" /opt/out
cp "$folder/python" "$folder/troth" /opt/venv/bin/

# No unit of the real machine: only what every unit refers to, and those that are laid in.
mount -t tmpfs tmpfs /etc/systemd/system
mkdir -p /run/stubs /etc/systemd/system/service.d
for target in sysinit basic shutdown umount network network-online multi-user; do
    printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' $target >/run/stubs/$target.target
done
cp "$folder/test.conf" /etc/systemd/system/service.d/test.conf
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec env -i PATH="$PATH" container=tests SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/stubs \
    /lib/systemd/systemd --system --unit=basic.target --log-target=console --log-level=info --show-status=no
