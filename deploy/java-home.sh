# Sourced: sets JAVA_HOME to a Java 17 or newer if `java` on the PATH is not one.
# Prints nothing; deploy/find-java.sh has made sure that there is one.
telebill_java_version() {
    "$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
}
telebill_good_java() {
    [ -x "$1" ] || return 1
    v=$(telebill_java_version "$1")
    [ -n "$v" ] && [ "$v" -ge 17 ] && [ "$v" -le 21 ]
}
if [ -n "${JAVA_HOME:-}" ] && telebill_good_java "$JAVA_HOME/bin/java"; then
    :
elif telebill_good_java "$(command -v java || true)"; then
    unset JAVA_HOME
else
    for home in /usr/lib/jvm/*17* /usr/lib/jvm/*21* /opt/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if telebill_good_java "$home/bin/java"; then
            JAVA_HOME=$home
            export JAVA_HOME
            break
        fi
    done
fi
