cd "$(dirname "$0")"
policylang test analytics.pol
echo
ask() {
    echo "\$ policylang decide analytics.pol --as sage $*"
    policylang decide analytics.pol --context time=2026-01-05T09:00:00Z --as sage "$@"
    echo "exit code $?"
    echo
}
ask query Table orders --attr holds_pii=false --arg rows=500000 --signal anomaly=0.1
ask query Table orders --attr holds_pii=false --arg rows=500000 --signal anomaly=0.9
ask post Channel sales
echo '$ policylang check loosened.pol'
policylang check loosened.pol
echo "exit code $?"
