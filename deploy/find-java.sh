#!/bin/sh
# Makes sure that a Java 17 (or 21) is there. As root on Debian it is installed; elsewhere one line says what to do.
set -eu
here=$(dirname "$0")
found() {
    . "$here/java-home.sh"
    [ -n "${JAVA_HOME:-}" ] || telebill_good_java "$(command -v java || true)"
}
found && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Java 17 ..."
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openjdk-17-jre-headless >/dev/null
    found && exit 0
fi
echo "telebill needs Java 17: install a JRE (Debian: openjdk-17-jre-headless) or set JAVA_HOME to one." >&2
exit 1
