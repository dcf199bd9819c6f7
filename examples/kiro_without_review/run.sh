cd "$(dirname "$0")"
echo '$ policylang check production.pol'
policylang check production.pol
echo "exit code $?"
echo
echo '$ policylang test production.pol'
policylang test production.pol
echo "exit code $?"
echo
echo '$ policylang decide production.pol … delete Environment cost-explorer-cn'
policylang decide production.pol --inventory ../kiro/inventory.yaml --as kiro --as carla \
    --context time=2025-12-15T03:12:00Z delete Environment cost-explorer-cn
echo "exit code $?"
