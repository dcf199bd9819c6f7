cd "$(dirname "$0")"
policylang test analytics.pol
echo
echo '$ policylang check loosened.pol'
policylang check loosened.pol
echo "exit code $?"
