# The session of that day, action by action. Exit codes: 0 allow, 3 require approval, 4 deny.
cd "$(dirname "$0")"
at="--context time=2025-12-15T03:12:00Z"
ask() {
    echo "\$ kiro for carla: $*"
    policylang decide production.pol --inventory inventory.yaml --as kiro --as carla $at "$@"
    echo "exit code $?"
    echo
}
policylang test production.pol
echo
ask read_logs Environment cost-explorer-cn
ask deploy Environment cost-explorer-staging
ask delete Environment cost-explorer-cn --explain
ask grant Environment cost-explorer-cn --arg role=admin
ask change Policy production.pol
echo '$ policylang who-can production.pol "delete on Environment" --inventory inventory.yaml'
policylang who-can production.pol "delete on Environment" --inventory inventory.yaml
