"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.web.navigation import LandingPage, navigation_of
from cdv_civic.my_space import open_sessions, views
from cdv_civic.my_space.follows import views as follows
from cdv_civic.my_space.ways_in import views as ways_in


def register(app: Flask) -> None:
    """A person's own pages."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(open_sessions.blueprint)
    app.register_blueprint(ways_in.blueprint)
    app.register_blueprint(follows.blueprint)
    navigation = navigation_of(app)
    navigation.add_destinations(
        {
            "my_space": "my_space.home",
            "my_data": "my_space.data",
            "my_settings": "my_space.settings",
            "welcome": "my_space.welcome",
            "follow": "follows.offer",
            "follows": "follows.mine",
            "news_feed": "follows.news",
            "close_session": "open_sessions.close",
            "close_all_sessions": "open_sessions.close_all",
        }
    )
    navigation.add_landing(LandingPage("my_space.home", actions=("account.self",), order=40))
