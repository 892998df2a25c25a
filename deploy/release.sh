#!/bin/sh
# Puts a release in the place of the one that runs, and the old one back if the new one does not answer.
#
#   release.sh rebond-<version>.tar.gz
#
# The archive is what `make release` makes. RELEASE_ROOT is where releases stand (/srv/rebond), REBOND_DATA where the data is
# (/var/lib/rebond), RELEASE_URL where the server answers (http://127.0.0.1:8000), RELEASE_RESTART how it is restarted
# (systemctl restart rebond), RELEASE_PATIENCE the seconds it has to answer (30), PYTHON which Python it is to run on.
set -eu

root=${RELEASE_ROOT:-/srv/rebond}
url=${RELEASE_URL:-http://127.0.0.1:8000}
restart=${RELEASE_RESTART:-systemctl restart rebond}
patience=${RELEASE_PATIENCE:-30}
export REBOND_DATA="${REBOND_DATA:-/var/lib/rebond}"
archive=${1:?"usage: release.sh ARCHIVE"}
name=$(basename "$archive" .tar.gz)
new=$root/releases/$name
kept=5

say() { echo "release: $*"; }

lead() { # lead FOLDER: let `current` lead there, in one step
    ln -sfn "$1" "$root/current.new"
    mv -T "$root/current.new" "$root/current"
}

answers() { # wait until the server answers, if it does in time
    tries=0
    until "$new/.venv/bin/python" -c "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)" \
        "$url/healthz" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt $((patience * 2)) ] || return 1
        sleep 0.5
    done
}

old=$(readlink -e "$root/current" || true) # nothing the first time
if [ "$old" = "$new" ]; then
    say "$name runs already"
    exit 0
fi

say "setting up $name"
rm -rf "$new.half" "$new"
mkdir -p "$new.half"
tar -xzf "$archive" -C "$new.half" --strip-components=1
mv "$new.half" "$new"
"${PYTHON:-python3}" -m venv "$new/.venv"
"$new/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    -r "$new/requirements/runtime.txt"
"$new/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps \
    --editable "$new"

if [ -n "$old" ] && [ -e "$REBOND_DATA/rebond.sqlite3" ]; then
    # A release that changes the database keeps a copy of its own too; this one is for whatever else may go wrong.
    rm -f "$root"/before-*.sqlite3
    "$old/.venv/bin/rebond" backup "$root/before-$name.sqlite3"
fi

say "restarting"
lead "$new"
$restart
if answers; then
    say "$name answers"
else
    say "$name does not answer"
    if [ -n "$old" ] && [ -e "$old" ]; then
        say "going back to $(basename "$old")"
        lead "$old"
        $restart
    fi
    exit 1
fi

# The oldest go, but never the one that runs.
ls -1dt "$root"/releases/*/ | tail -n +$((kept + 1)) | while read -r folder; do
    [ "$(readlink -f "$folder")" = "$new" ] || rm -rf "$folder"
done
