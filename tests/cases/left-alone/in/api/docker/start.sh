#!/bin/sh
exec setpriv --reuid=app "$@"
