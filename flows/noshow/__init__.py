"""Asked shortly after the start: is everybody there?"""
