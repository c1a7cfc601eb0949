#!/bin/sh
# tests/flow/openapi.sh with many more requests, and others each time; the seed is printed.
PROPERTY_ROUNDS=150 PROPERTY_SEED=${PROPERTY_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
export PROPERTY_ROUNDS PROPERTY_SEED
echo "# PROPERTY_SEED=$PROPERTY_SEED"
exec "$(dirname "$0")/../flow/openapi.sh"
