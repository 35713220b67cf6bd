#!/bin/sh
# Installs Troth as a service of systemd, from a wheel or from the checkout that this lies in. Run it
# again to upgrade: settings, key and data stay as they are.
set -eu
unset CDPATH # by which cd may tell where it went

usage() {
    cat <<'END'
usage: deploy/install.sh [--cluster] [--wheel FILE] [--python PROGRAM] [--python-env DIR] [--root DIR]
       deploy/install.sh --uninstall [--purge] [--root DIR]

  --cluster         the roles of a cluster (troth.target) in place of one service (troth.service)
  --wheel FILE      install this wheel; else the checkout
  --python PROGRAM  the Python to make the environment of; else python3
  --python-env DIR  use this environment, which has Troth in it, and make none
  --root DIR        install into this folder, as if it were /; nothing is started
  --uninstall       take units and program away; settings, key and data stay
  --purge           with --uninstall: settings, key, data and user, too
END
}

say() { echo "install: $*"; }
fail() { # CAUSE MEND
    echo "install: $1; mend: $2" >&2
    exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
mode=install cluster='' wheel='' python=python3 environment='' root="${DESTDIR:-}" purge=''
roles='troth-migrate.service troth-clock@1.service troth-clock@2.service troth-worker.service
       troth-web@8787.service troth-web@8788.service troth-inbox.service'
units='troth.service troth.target troth-migrate.service troth-clock@.service troth-worker.service
       troth-web@.service troth-inbox.service'

read_options() {
    while [ $# -gt 0 ]; do
        case "$1" in
        --cluster) cluster=yes ;;
        --uninstall) mode=uninstall ;;
        --purge) purge=yes ;;
        --wheel | --python | --python-env | --root)
            # An empty folder, of a variable that is not set, is not the machine itself.
            [ -n "${2-}" ] || fail "$1 needs a value" "see $0 --help"
            case "$1" in
            --wheel) wheel=$2 ;;
            --python) python=$2 ;;
            --python-env) environment=$2 ;;
            --root) root=$2 ;;
            esac
            shift
            ;;
        -h | --help) usage && exit 0 ;;
        *) fail "there is no option $1" "see $0 --help" ;;
        esac
        shift
    done
    root=${root%/}
    [ -z "$purge" ] || [ $mode = uninstall ] ||
        fail "--purge alone would remove what it installs" "give it with --uninstall"
}

check_surroundings() {
    if [ -n "$root" ]; then
        mkdir -p "$root" 2>/dev/null || fail "the folder $root can't be made" "choose one that you may write"
        root=$(cd "$root" && pwd)
        case "$root" in / | //) fail "--root names the machine itself" "leave it out to install there" ;; esac
    elif [ "$(id -u)" != 0 ]; then
        fail "only root may install a service" "run it with sudo, or try it in a folder: --root DIR"
    elif [ ! -d /run/systemd/system ]; then
        fail "systemd does not run here" "see docs for other ways to run Troth, or try it in a folder: --root DIR"
    fi
    case "$environment" in
    '' | /*) ;; # what is linked to from elsewhere
    *) fail "--python-env $environment does not begin with /" "give the whole path" ;;
    esac
    command -v systemd-sysusers >/dev/null || fail "systemd-sysusers is missing" "apt install systemd"
}

# systemctl where the machine is meant, and where a folder is: there units can be enabled, not run.
control() {
    if [ -n "$root" ]; then systemctl --quiet --root="$root" "$@"; else systemctl --quiet "$@"; fi
}
running() { [ -z "$root" ] && systemctl --quiet is-active "$1"; }

make_user() {
    install -D -m 0644 "$here/systemd/troth.sysusers" "$root/usr/lib/sysusers.d/troth.conf"
    # The user's number is that of the folder's own list of users.
    mkdir -p "$root/etc"
    systemd-sysusers ${root:+--root="$root"} troth.conf >/dev/null 2>&1 ||
        fail "the user troth can't be made" "see what systemd-sysusers troth.conf says"
    user=$(awk -F: '$1 == "troth" { print $3 }' "$root/etc/passwd")
    group=$(awk -F: '$1 == "troth" { print $3 }' "$root/etc/group")
}

own() { [ "$(id -u)" != 0 ] || chown "$1" "$2"; } # in a folder of one's own nobody else may own anything

make_folders() {
    mkdir -p "$root/etc/troth/schedules" "$root/var/lib/troth" "$root/opt/troth"
    chmod 0750 "$root/etc/troth" "$root/etc/troth/schedules" && chmod 0700 "$root/var/lib/troth"
    own "0:$group" "$root/etc/troth" && own "0:$group" "$root/etc/troth/schedules"
    own "$user:$group" "$root/var/lib/troth"
}

make_settings() {
    settings="$root/etc/troth/troth.toml"
    [ -e "$settings" ] || install -m 0640 "$here/systemd/troth.toml" "$settings"
    own "0:$group" "$settings"
}

# The key is made once: without it nothing that was sealed can be opened again.
make_key() {
    secrets="$root/etc/troth/troth.env"
    if [ ! -e "$secrets" ]; then
        draft=$(mktemp "$secrets.XXXXXX")
        {
            echo "# Secrets, a line each: NAME=value, without quotes. Only root reads this file."
            echo "# The key to everything private. Keep a copy, apart from that of /var/lib/troth."
            echo "TROTH_SECRET_KEY=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')"
        } >"$draft"
        mv "$draft" "$secrets"
        say "made a key: $secrets; keep a copy, apart from that of the data"
    fi
    chmod 0600 "$secrets"
}

# A new environment beside the old one, which serves until the new one is whole.
make_environment() {
    [ -z "$environment" ] || { use_environment "$environment" && return; }
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "$python is missing or older than 3.11" "give another: --python /path/to/python3.11"
    new=1
    while [ -e "$root/opt/troth/env-$new" ]; do new=$((new + 1)); done
    say "fetching what Troth needs into $root/opt/troth/env-$new (a minute)"
    "$python" -m venv "$root/opt/troth/env-$new" >/dev/null 2>&1 || {
        rm -rf "$root/opt/troth/env-$new"
        fail "$python can't make an environment" "apt install python3-venv"
    }
    fetch "$root/opt/troth/env-$new"
    use_environment "env-$new"
}

# Packages as they are locked in the checkout, where uv is there to read that; else as pip finds them.
fetch() {
    what=${wheel:-$here/..}
    [ -e "$what" ] || fail "there is no $what" "give the wheel's file: --wheel FILE"
    : >"$1/locked.txt"
    uv=$(command -v "$here/../.tools/bin/uv" || command -v uv || true)
    if [ -n "$uv" ] && [ -f "$here/../uv.lock" ]; then
        (cd "$here/.." && "$uv" export --quiet --frozen --no-default-groups --all-extras --no-hashes \
            --no-emit-project --output-file "$1/locked.txt" >/dev/null)
    fi
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check \
        --constraint "$1/locked.txt" "${what}[backup,cluster,mqtt,rabbitmq,traces,xmpp]" || {
        rm -rf "$1"
        fail "pip could not install Troth (see above)" "check the network, and try again; what ran goes on"
    }
}

# The link to one of ours leads beside itself, so that it does in a folder, too.
use_environment() {
    [ -x "$root/opt/troth/$1/bin/troth" ] || [ -x "$root$1/bin/troth" ] || [ -x "$1/bin/troth" ] ||
        fail "there is no program $1/bin/troth" "install Troth there, or leave out --python-env"
    ln -sfn "$1" "$root/opt/troth/.current" && mv -T "$root/opt/troth/.current" "$root/opt/troth/current"
}

make_units() {
    for unit in $units; do install -D -m 0644 "$here/systemd/$unit" "$root/etc/systemd/system/$unit"; done
    for folder in troth.service.d troth-.service.d; do
        install -D -m 0644 "$here/systemd/common.conf" "$root/etc/systemd/system/$folder/10-common.conf"
    done
    install -D -m 0755 "$here/systemd/troth" "$root/usr/local/bin/troth"
    [ -n "$root" ] || systemctl daemon-reload
}

# What an administrator has enabled or disabled since the first time stays so.
enable_units() {
    if [ -n "$cluster" ]; then
        control disable troth.service >/dev/null 2>&1 || true
        # shellcheck disable=SC2086 # a list
        control is-enabled troth.target >/dev/null 2>&1 || control enable $roles troth.target
    else
        control is-enabled troth.target >/dev/null 2>&1 || control enable troth.service
    fi
}

# One after another, so that of each role another serves meanwhile; the schema comes first.
restart_what_runs() {
    runs=''
    [ -n "$root" ] || runs=$(systemctl list-units --plain --no-legend --state=active 'troth*.service' | awk '{ print $1 }')
    case "$runs" in *troth-migrate.service*) systemctl restart troth-migrate.service ;; esac
    for unit in $runs; do
        [ "$unit" != troth-migrate.service ] || continue
        say "restarting $unit; sends in hand are finished first"
        systemctl restart "$unit"
    done
    for old in "$root"/opt/troth/env-*; do
        case "$(readlink "$root/opt/troth/current")" in
        "${old##*/}" | "${old#"$root"}") ;;
        *) rm -rf "$old" ;;
        esac
    done
}

tell_next() {
    unit=troth.service
    control is-enabled troth.target >/dev/null 2>&1 && unit=troth.target
    say "Troth is installed; settings: $root/etc/troth; docs/systemd.md tells the rest"
    [ $unit = troth.service ] || say "put TROTH_DATABASE_URL and TROTH_REDIS_URL into $root/etc/troth/troth.env"
    [ -n "$root" ] || running $unit || say "to start it: systemctl start $unit"
}

remove_units() {
    if [ -z "$root" ]; then
        say "stopping; sends in hand are finished first"
        systemctl stop troth.service troth.target 'troth-*.service' 2>/dev/null || true
    fi
    for unit in troth.service troth.target $roles; do control disable "$unit" >/dev/null 2>&1 || true; done
    for unit in $units; do rm -f "$root/etc/systemd/system/$unit"; done
    rm -rf "$root/etc/systemd/system/troth.target.wants"
    for folder in troth.service.d troth-.service.d; do
        rm -f "$root/etc/systemd/system/$folder/10-common.conf"
        rmdir "$root/etc/systemd/system/$folder" 2>/dev/null || true # an administrator's own stay
    done
    rm -f "$root/usr/local/bin/troth"
    rm -rf "$root/opt/troth"
    [ -n "$root" ] || systemctl daemon-reload
}

remove_all() {
    rm -rf "$root/etc/troth" "$root/var/lib/troth"
    rm -f "$root/usr/lib/sysusers.d/troth.conf"
    grep -qs '^troth:' "$root/etc/passwd" || return 0
    PATH="$PATH:/usr/sbin" userdel ${root:+--prefix "$root"} troth >/dev/null 2>&1 ||
        fail "the user troth can't be removed" "see what still runs in its name: ps -u troth; then userdel troth"
}

read_options "$@"
check_surroundings
if [ $mode = install ]; then
    make_user
    make_folders
    make_settings
    make_key
    make_environment
    make_units
    enable_units
    restart_what_runs
    tell_next
else
    remove_units
    if [ -n "$purge" ]; then
        remove_all
        say "Troth is gone, with settings, key and data"
    else
        say "Troth is gone; settings and key stay in $root/etc/troth, data in $root/var/lib/troth, and the user troth"
        say "to remove those, too: $0 --uninstall --purge"
    fi
fi
