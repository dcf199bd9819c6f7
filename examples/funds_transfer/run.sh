cd "$(dirname "$0")"
policylang test bank.pol
echo
policylang decide bank.pol --inventory inventory.yaml --jsonl requests.jsonl | python3 show.py requests.jsonl
