cd "$(dirname "$0")"
policylang test chain.pol
echo
ask() {
    echo "\$ policylang decide chain.pol $*"
    policylang decide chain.pol --context time=2026-01-05T09:00:00Z "$@"
    echo "exit code $?"
    echo
}
ask --as deploy_agent --as lea deploy Service shop-api --attr tier=customer
ask --as deploy_agent --as code_agent --as lea deploy Service shop-api --attr tier=internal
echo '$ policylang path chain.pol deploy_agent "deploy on Service"'
policylang path chain.pol deploy_agent "deploy on Service"
